//! The columns and rows of `meta.k8s.io/v1` Tables, which `kubectl get` prints.
