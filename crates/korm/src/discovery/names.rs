//! The names that a kind goes by.

use korm_core::ModelDef;

/// Whether a kind goes by this name: as kubectl takes it, in any case but for the kind.
pub(super) fn goes_by(def: &ModelDef, name: &str) -> bool {
    let lower = name.to_lowercase();
    let plain = [&def.plural, &def.singular]
        .into_iter()
        .chain(&def.short_names)
        .any(|own| *own == lower);
    plain
        || def.kind == name
        || lower == format!("{}.{}", def.plural, def.group)
        || lower == format!("{}.{}.{}", def.plural, def.version, def.group)
}

/// The name that is nearest to this one, where one is near, and the first kind that goes by it.
pub(super) fn nearest<'a>(
    name: &str,
    kinds: impl Iterator<Item = &'a ModelDef>,
) -> Option<(String, &'a ModelDef)> {
    let name = name.to_lowercase();
    let mut best: Option<(usize, String, &ModelDef)> = None;
    for def in kinds {
        for known in names(def) {
            let distance = strsim::osa_distance(&name, &known.to_lowercase());
            // Of a short word, two other letters make another word.
            let near = distance <= 2.min(known.chars().count() / 2);
            if near && best.as_ref().is_none_or(|(least, ..)| distance < *least) {
                best = Some((distance, known, def));
            }
        }
    }
    best.map(|(_, known, def)| (known, def))
}

fn names(def: &ModelDef) -> impl Iterator<Item = String> {
    let plain = [&def.plural, &def.singular, &def.kind]
        .into_iter()
        .chain(&def.short_names)
        .filter(|own| !own.is_empty());
    plain
        .map(ToString::to_string)
        .chain([format!("{}.{}", def.plural, def.group)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> [ModelDef; 3] {
        [
            ModelDef::new("", "v1", "Namespace", "namespaces")
                .native()
                .singular("namespace")
                .short_name("ns"),
            ModelDef::new("", "v1", "Pod", "pods")
                .native()
                .singular("pod")
                .short_name("po"),
            ModelDef::new("pykorm.infomaniak.com", "v1", "Peach", "peaches").singular("peach"),
        ]
    }

    #[test]
    fn the_nearest_of_all_names_is_found() {
        for (asked, near) in [
            ("peachs", Some("peaches")),
            ("Paech", Some("peach")),
            ("peaches.pykorm.infomaniak.org", None),
            (
                "peaches.pykorm.infomaniak.co",
                Some("peaches.pykorm.infomaniak.com"),
            ),
            ("name-space", Some("namespace")),
            ("pd", Some("pod")),
            ("plums", None),
            ("", None),
        ] {
            let kinds = kinds();
            let found = nearest(asked, kinds.iter()).map(|(name, _)| name);
            assert_eq!(found.as_deref(), near, "{asked}");
        }
    }

    #[test]
    fn a_kind_goes_by_all_its_names() {
        let [namespace, _, peach] = kinds();
        for name in ["ns", "NS", "namespaces", "Namespace", "namespaces."] {
            assert!(goes_by(&namespace, name), "{name}");
        }
        assert!(goes_by(&peach, "peaches.v1.pykorm.infomaniak.com"));
        assert!(!goes_by(&peach, "peaches.v2.pykorm.infomaniak.com"));
    }
}
