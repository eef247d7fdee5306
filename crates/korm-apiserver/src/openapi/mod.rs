//! Publishing `/openapi/v3` and `/openapi/v2` for native and custom kinds.
