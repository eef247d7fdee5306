//! What a query found.

use std::ops::Deref;

use korm_core::Model;

use crate::{Error, Result};

/// The objects that a query found, and those of them that do not fit the model.
///
/// Reads like a `Vec` of the objects. One bad object never hides the others: it is in [`faults`](Self::faults), with its
/// name and the path of the fault, and a warning of it is logged.
#[derive(Debug)]
pub struct Found<M> {
    objects: Vec<M>,
    faults: Vec<Error>,
}

impl<M> Found<M> {
    /// One error for each object that does not fit the model.
    pub fn faults(&self) -> &[Error] {
        &self.faults
    }

    /// The objects.
    pub fn into_vec(self) -> Vec<M> {
        self.objects
    }

    /// The objects and the faults.
    pub fn into_parts(self) -> (Vec<M>, Vec<Error>) {
        (self.objects, self.faults)
    }

    /// The objects if all of them fit the model.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn strict(self) -> crate::Result<Vec<M>> {
        match self.faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(self.objects),
        }
    }
}

impl<M: Model> Found<M> {
    pub(super) fn parts_mut(&mut self) -> (&mut [M], &mut Vec<Error>) {
        (&mut self.objects, &mut self.faults)
    }

    pub(super) fn of(items: Vec<Result<M>>) -> Self {
        let mut found = Self::none();
        found.add(items);
        found
    }

    pub(super) fn none() -> Self {
        Self {
            objects: Vec::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, items: Vec<Result<M>>) {
        self.objects.reserve(items.len());
        for item in items {
            match item {
                Ok(object) => self.objects.push(object),
                Err(fault) => {
                    tracing::warn!(%fault, "an object was left out");
                    self.faults.push(fault);
                }
            }
        }
    }
}

impl<M> Deref for Found<M> {
    type Target = [M];

    fn deref(&self) -> &[M] {
        &self.objects
    }
}

impl<M> IntoIterator for Found<M> {
    type Item = M;
    type IntoIter = std::vec::IntoIter<M>;

    fn into_iter(self) -> Self::IntoIter {
        self.objects.into_iter()
    }
}

impl<'a, M> IntoIterator for &'a Found<M> {
    type Item = &'a M;
    type IntoIter = std::slice::Iter<'a, M>;

    fn into_iter(self) -> Self::IntoIter {
        self.objects.iter()
    }
}
