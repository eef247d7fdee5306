//! How a handle behaves.

use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub namespace: String,
    pub timeout: Duration,
    pub field_manager: String,
    pub page_size: u32,
    pub dry_run: bool,
    pub refuse_residual: bool,
}

impl Settings {
    pub(super) fn new(namespace: String) -> Self {
        Self {
            namespace,
            timeout: Duration::from_secs(60),
            field_manager: "korm".to_owned(),
            page_size: 500,
            dry_run: false,
            refuse_residual: false,
        }
    }
}
