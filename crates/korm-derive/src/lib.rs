//! #[derive(Model)] for korm, the object mapper for Kubernetes.
