//! The korm command: an embedded Kubernetes API server and tools around korm.

fn main() {}
