//! Ownership after a type changed between merged and replaced as a whole.

use super::atom::{Kind, Ref};
use super::element::PathElement;
use super::set::Set;

/// The set as it would be had the type always been what it is now: who owned a part of what is
/// now replaced as a whole owns the whole.
pub(super) fn reconcile(ty: Ref<'_>, owned: &Set) -> Set {
    let mut atomic = Set::default();
    visit(ty, Some(owned), false, &mut Vec::new(), &mut atomic);
    if atomic.is_empty() {
        return owned.clone();
    }
    owned.recursive_difference(&atomic).union(&atomic)
}

/// Notes the paths that have become atomic. `leaf`: the path is owned and nothing below it.
fn visit(
    ty: Ref<'_>,
    owned: Option<&Set>,
    leaf: bool,
    path: &mut Vec<PathElement>,
    atomic: &mut Set,
) {
    let atom = ty.atom();
    match (atom.kind(None), atom.map, atom.list) {
        (Some(Kind::Map), Some(map), _) => {
            if map.is_free() {
                return;
            }
            if map.atomic && !leaf {
                if owned.is_some_and(|owned| !owned.is_empty()) {
                    atomic.insert(path);
                }
                return;
            }
            if map.atomic {
                return;
            }
            descend(owned, path, atomic, |element| match element {
                PathElement::Field(name) => map.field(name),
                _ => Ref::Nothing,
            });
        }
        (Some(Kind::List), _, Some(list)) => {
            if !list.associative {
                if !leaf {
                    atomic.insert(path);
                }
                return;
            }
            descend(owned, path, atomic, |_| list.items);
        }
        _ => {}
    }
}

fn descend<'a>(
    owned: Option<&Set>,
    path: &mut Vec<PathElement>,
    atomic: &mut Set,
    ty: impl Fn(&PathElement) -> Ref<'a>,
) {
    let Some(owned) = owned else { return };
    let deeper = owned
        .children
        .keys()
        .filter(|element| !owned.members.contains(element));
    for element in deeper.chain(&owned.members) {
        let child = owned.children.get(element);
        let leaf = owned.members.contains(element) && child.is_none();
        path.push(element.clone());
        visit(ty(element), child, leaf, path, atomic);
        path.pop();
    }
}
