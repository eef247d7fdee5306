//! What a path asks for.

/// A path, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    /// Objects: `/api/v1/...` or `/apis/{group}/{version}/...` with at least a resource.
    Resource(ResourcePath<'a>),
    /// Everything else: discovery, health, version, OpenAPI.
    Other,
}

/// The parts of a path to objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResourcePath<'a> {
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) resource: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) subresource: Option<&'a str>,
    /// More parts than objects have.
    pub(crate) too_deep: bool,
    /// The old form of a watch, with `/watch/` after the version.
    pub(crate) watch: bool,
}

impl<'a> Route<'a> {
    pub(crate) fn parse(path: &'a str) -> Self {
        let trimmed = path.trim_matches('/');
        let mut parts: Vec<&str> = trimmed.split('/').collect();
        let group = match parts.first() {
            Some(&"api") => {
                parts.remove(0);
                ""
            }
            Some(&"apis") if parts.len() > 1 => {
                parts.remove(0);
                parts.remove(0)
            }
            _ => return Self::Other,
        };
        if parts.len() < 2 || parts.contains(&"") {
            return Self::Other;
        }
        let mut found = ResourcePath {
            group,
            version: parts.remove(0),
            ..ResourcePath::default()
        };
        if parts[0] == "watch" && parts.len() > 1 {
            parts.remove(0);
            found.watch = true;
        }
        // "namespaces/x/status" and "namespaces/x/finalize" are the namespace's own.
        if parts[0] == "namespaces"
            && parts.len() > 2
            && !(found.group.is_empty() && matches!(parts[2], "status" | "finalize"))
        {
            found.namespace = Some(parts[1]);
            parts.drain(..2);
        }
        found.resource = parts[0];
        found.name = parts.get(1).copied();
        found.subresource = parts.get(2).copied();
        found.too_deep = parts.len() > 3;
        Self::Resource(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(path: &str) -> ResourcePath<'_> {
        match Route::parse(path) {
            Route::Resource(found) => found,
            Route::Other => panic!("{path} is no resource"),
        }
    }

    #[test]
    fn resource_paths_are_taken_apart() {
        let found = resource("/apis/apps/v1/namespaces/a/deployments/web/status");
        assert_eq!((found.group, found.version), ("apps", "v1"));
        assert_eq!(found.namespace, Some("a"));
        assert_eq!((found.resource, found.name), ("deployments", Some("web")));
        assert_eq!(found.subresource, Some("status"));

        let found = resource("/api/v1/namespaces/a/status");
        assert_eq!((found.resource, found.name), ("namespaces", Some("a")));
        assert_eq!(found.subresource, Some("status"));

        let found = resource("/api/v1/watch/namespaces/a/pods");
        assert!(found.watch);
        assert_eq!((found.namespace, found.resource), (Some("a"), "pods"));

        assert_eq!(resource("/api/v1/namespaces").resource, "namespaces");
        assert_eq!(resource("/api/v1/namespaces/a").name, Some("a"));
    }

    #[test]
    fn other_paths_are_left_alone() {
        for path in [
            "/",
            "/api",
            "/api/v1",
            "/apis",
            "/apis/apps/v1",
            "/version",
            "/openapi/v3",
        ] {
            assert_eq!(Route::parse(path), Route::Other, "{path}");
        }
    }
}
