//! The pure engine of korm: model description, expressions, planner, field diff and CRD building.
