//! CustomResourceDefinitions: checking, defaulting and compiling them.
