//! What a case sent, in a form that can be compared.

use korm::RequestLog;
use korm_tests::Context;

/// Method, path and query of each request. The group and version are left out, and the case's own namespace is `own`:
/// `GET own/peaches?limit=500`.
pub(crate) fn sent(context: &Context, log: &RequestLog) -> Vec<String> {
    let own = format!("namespaces/{}/", context.namespace());
    let short = |request: korm::LoggedRequest| {
        let path = request.path_and_query.trim_start_matches('/');
        let prefix = if path.starts_with("apis/") { 3 } else { 2 };
        let tail = path.splitn(prefix + 1, '/').last().unwrap_or_default();
        format!("{} {}", request.method, tail.replace(&own, "own/"))
    };
    log.take().into_iter().map(short).collect()
}
