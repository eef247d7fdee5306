//! Label and field selectors: parsing them with Kubernetes' messages, and matching objects.

mod field;
mod label;

pub(crate) use field::FieldSelector;
pub(crate) use label::LabelSelector;
