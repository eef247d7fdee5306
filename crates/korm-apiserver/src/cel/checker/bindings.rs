//! What types that are not known yet turn out to be (`checker/types.go` of cel-go).

use std::sync::Arc;

use super::types::Type;

/// What is known of each type that was not known at first.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    known: Vec<Option<Type>>,
    /// What was known before each change since the last attempt began.
    undo: Vec<(usize, Option<Type>)>,
}

impl Bindings {
    /// A type of which nothing is known.
    pub(super) fn free(&mut self) -> Type {
        self.known.push(None);
        Type::Free(self.known.len() - 1)
    }

    /// Whether a value of one type can be used where the other is asked for. If so, what this tells is kept.
    pub(super) fn assign(&mut self, from: &Type, to: &Type) -> bool {
        self.attempt(|bindings| bindings.is_assignable(from, to))
    }

    /// The same of several types at once.
    pub(super) fn assign_all(&mut self, from: &[Type], to: &[Type]) -> bool {
        self.attempt(|bindings| bindings.are_assignable(from, to))
    }

    fn attempt(&mut self, attempt: impl FnOnce(&mut Self) -> bool) -> bool {
        self.undo.clear();
        let succeeds = attempt(self);
        if !succeeds {
            while let Some((number, before)) = self.undo.pop() {
                self.known[number] = before;
            }
        }
        succeeds
    }

    /// The type with all that is known of it.
    pub(super) fn resolve(&self, ty: &Type) -> Type {
        self.replace(ty, false)
    }

    /// The same, where what is never known is dynamic.
    pub(super) fn settle(&self, ty: &Type) -> Type {
        self.replace(ty, true)
    }

    fn replace(&self, ty: &Type, settle: bool) -> Type {
        match ty {
            Type::Free(number) => match self.bound(*number) {
                Some(known) => self.replace(known, settle),
                None if settle => Type::Dyn,
                None => ty.clone(),
            },
            Type::List(item) => Type::list(self.replace(item, settle)),
            Type::Map(entry) => Type::map(
                self.replace(&entry.0, settle),
                self.replace(&entry.1, settle),
            ),
            Type::Opaque(name, parameters) => Type::Opaque(
                name,
                parameters
                    .iter()
                    .map(|parameter| self.replace(parameter, settle))
                    .collect(),
            ),
            Type::Kind(Some(of)) => Type::Kind(Some(Arc::new(self.replace(of, settle)))),
            _ => ty.clone(),
        }
    }

    fn bound(&self, number: usize) -> Option<&Type> {
        self.known.get(number)?.as_ref()
    }

    fn bind(&mut self, number: usize, to: &Type) {
        if let Some(known) = self.known.get_mut(number) {
            let before = known.replace(to.clone());
            self.undo.push((number, before));
        }
    }

    fn is_assignable(&mut self, from: &Type, to: &Type) -> bool {
        if let Type::Free(number) = to {
            match self.substitute(from, *number) {
                Substitution::Fits => return true,
                Substitution::Contradicts => return false,
                Substitution::Refers => {}
            }
        }
        if let Type::Free(number) = from {
            return matches!(self.substitute(to, *number), Substitution::Fits);
        }
        match (from, to) {
            (Type::Dyn | Type::Error, _) | (_, Type::Dyn | Type::Error) => true,
            (Type::Null, other) | (other, Type::Null) => is_nullable(other),
            (Type::List(from), Type::List(to)) => self.is_assignable(from, to),
            (Type::Map(from), Type::Map(to)) => {
                self.is_assignable(&from.0, &to.0) && self.is_assignable(&from.1, &to.1)
            }
            (Type::Opaque(from, own), Type::Opaque(to, other)) => {
                from == to && self.are_assignable(own, other)
            }
            (Type::Kind(_), Type::Kind(_)) => true,
            (from, to) => from == to,
        }
    }

    fn are_assignable(&mut self, from: &[Type], to: &[Type]) -> bool {
        from.len() == to.len()
            && from
                .iter()
                .zip(to)
                .all(|(from, to)| self.is_assignable(from, to))
    }

    /// Takes a type for one that is free.
    fn substitute(&mut self, ty: &Type, free: usize) -> Substitution {
        if *ty == Type::Free(free) {
            return Substitution::Fits;
        }
        let Some(known) = self.bound(free).cloned() else {
            if self.refers_to(ty, free) {
                return Substitution::Refers;
            }
            self.bind(free, ty);
            return Substitution::Fits;
        };
        if *ty == known {
            return Substitution::Fits;
        }
        if !self.is_assignable(ty, &known) {
            return Substitution::Contradicts;
        }
        let general = most_general(ty, &known);
        if !self.refers_to(general, free) {
            self.bind(free, general);
        }
        Substitution::Fits
    }

    /// Whether a free type is part of another type.
    fn refers_to(&self, ty: &Type, free: usize) -> bool {
        match ty {
            Type::Free(number) if *number == free => true,
            Type::Free(number) => self
                .bound(*number)
                .is_some_and(|known| self.refers_to(known, free)),
            Type::List(item) => self.refers_to(item, free),
            Type::Map(entry) => self.refers_to(&entry.0, free) || self.refers_to(&entry.1, free),
            Type::Opaque(_, parameters) => parameters
                .iter()
                .any(|parameter| self.refers_to(parameter, free)),
            Type::Kind(Some(of)) => self.refers_to(of, free),
            _ => false,
        }
    }
}

enum Substitution {
    Fits,
    /// Something else is known of the free type.
    Contradicts,
    /// The type would be part of itself.
    Refers,
}

fn is_nullable(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Null | Type::Opaque(..) | Type::Object(_) | Type::Duration | Type::Timestamp
    )
}

/// The more general one of two types that go together.
pub(super) fn most_general<'t>(one: &'t Type, other: &'t Type) -> &'t Type {
    match is_as_general(one, other) {
        true => one,
        false => other,
    }
}

fn is_as_general(one: &Type, other: &Type) -> bool {
    match (one, other) {
        (Type::Dyn | Type::Free(_), _) => true,
        (_, Type::Dyn | Type::Free(_)) => false,
        (Type::List(one), Type::List(other)) => is_as_general(one, other),
        (Type::Map(one), Type::Map(other)) => {
            is_as_general(&one.0, &other.0) && is_as_general(&one.1, &other.1)
        }
        (Type::Opaque(one, own), Type::Opaque(other, others)) => {
            one == other
                && own.len() == others.len()
                && own
                    .iter()
                    .zip(others.iter())
                    .all(|(one, other)| is_as_general(one, other))
        }
        (Type::Kind(_), Type::Kind(_)) => true,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_becomes_what_it_is_used_as() {
        let mut bindings = Bindings::default();
        let free = bindings.free();
        let list = Type::list(free.clone());
        assert!(bindings.assign(&list, &Type::list(Type::Int)));
        assert_eq!(bindings.resolve(&list), Type::list(Type::Int));
        assert!(!bindings.assign(&list, &Type::list(Type::String)));
        assert_eq!(bindings.resolve(&free), Type::Int);
    }

    #[test]
    fn a_failed_attempt_leaves_nothing_behind() {
        let mut bindings = Bindings::default();
        let (one, other) = (bindings.free(), bindings.free());
        let from = [Type::Int, Type::String];
        assert!(!bindings.assign_all(&from, &[one.clone(), Type::Bool]));
        assert_eq!(bindings.resolve(&one), one);
        assert_eq!(bindings.settle(&other), Type::Dyn);
    }

    #[test]
    fn a_type_is_no_part_of_itself() {
        let mut bindings = Bindings::default();
        let free = bindings.free();
        assert!(!bindings.assign(&free, &Type::list(free.clone())));
    }

    #[test]
    fn dynamic_types_are_the_most_general() {
        let mut bindings = Bindings::default();
        let free = bindings.free();
        assert!(bindings.assign(&Type::Int, &free));
        assert!(bindings.assign(&Type::Dyn, &free));
        assert_eq!(bindings.resolve(&free), Type::Dyn);
    }

    #[test]
    fn only_some_types_have_null() {
        let mut bindings = Bindings::default();
        assert!(bindings.assign(&Type::Null, &Type::Timestamp));
        assert!(bindings.assign(&Type::optional(Type::Int), &Type::Null));
        assert!(!bindings.assign(&Type::Null, &Type::Int));
        assert!(!bindings.assign(&Type::list(Type::Int), &Type::Null));
    }
}
