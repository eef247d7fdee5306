//! An object mapper for Kubernetes: a struct is a kind, an instance is an object in the cluster.
