//! Telling a watch from a request that ends by itself.

/// Whether the query asks for a watch: its answer goes on until somebody ends it.
pub(crate) fn is_watch(query: Option<&str>) -> bool {
    query
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .any(|(key, value)| key == "watch" && !matches!(value, "false" | "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_kubernetes_reads_the_flag() {
        for yes in [
            "watch=true",
            "watch=1",
            "watch",
            "limit=1&watch=true",
            "watch=yes",
        ] {
            assert!(is_watch(Some(yes)), "{yes}");
        }
        for no in [
            "watch=false",
            "watch=0",
            "watches=true",
            "labelSelector=watch",
            "",
        ] {
            assert!(!is_watch(Some(no)), "{no}");
        }
        assert!(!is_watch(None));
    }
}
