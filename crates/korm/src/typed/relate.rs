//! Loading related objects: for each kind one list, joined in memory.

use korm_core::Model;
use korm_core::relate::{self, Loaded, Relation};
use serde_json::Value;

use super::found::Found;
use crate::{Cluster, Definition, Error, Result};

impl Cluster {
    /// Loads a relation of some objects: one list of the other kind, joined in memory. Nothing is sent if none of them
    /// points anywhere.
    ///
    /// Gives an error for each object of the other kind that does not fit its model; such an object is left out.
    ///
    /// # Errors
    ///
    /// Those of the request.
    pub async fn load<M: Model>(
        &self,
        models: &mut [M],
        relation: &Relation<M>,
    ) -> Result<Vec<Error>> {
        self.load_all(models, &[relation]).await
    }

    /// Relations to the same kind share a list.
    #[tracing::instrument(name = "korm.load", level = "debug", skip_all, fields(verb = "load", kind = %M::definition().kind, relations = %names(relations), objects = models.len()))]
    async fn load_all<M: Model>(
        &self,
        models: &mut [M],
        relations: &[&Relation<M>],
    ) -> Result<Vec<Error>> {
        let ours: Vec<Value> = models
            .iter()
            .map(relate::described)
            .collect::<Result<_, _>>()?;
        let asked: Vec<_> = relations
            .iter()
            .map(|relation| (relation.link().clone(), Definition::from(relation.target())))
            .collect();
        let mut faults = Vec::new();
        for kind in self.begun().belonging(&ours, &asked).await? {
            for (at, joined) in &kind.relations {
                attach(models, relations[*at], joined, &kind.objects, &mut faults);
            }
        }
        Ok(faults)
    }
}

fn names<M: 'static>(relations: &[&Relation<M>]) -> String {
    let names: Vec<_> = relations.iter().map(|relation| relation.name()).collect();
    names.join(", ")
}

/// Decodes only what belongs to one of ours.
fn attach<M: Model>(
    models: &mut [M],
    relation: &Relation<M>,
    joined: &[Vec<usize>],
    theirs: &[Value],
    faults: &mut Vec<Error>,
) {
    let mut decoded: Vec<Option<Option<Loaded>>> = vec![None; theirs.len()];
    for (model, found) in models.iter_mut().zip(joined) {
        let mut loaded = Vec::with_capacity(found.len());
        for &at in found {
            let object = decoded[at].get_or_insert_with(|| {
                relation
                    .decode(theirs[at].clone())
                    .map_err(|fault| faults.push(fault.into()))
                    .ok()
            });
            loaded.extend(object.clone());
        }
        relation.attach(model, loaded);
    }
}

impl<M: Model> Found<M> {
    /// Loads relations of everything found.
    pub(super) async fn load(
        &mut self,
        cluster: &Cluster,
        relations: &[&'static Relation<M>],
    ) -> Result<()> {
        if relations.is_empty() || self.is_empty() {
            return Ok(());
        }
        let (objects, faults) = self.parts_mut();
        faults.extend(cluster.load_all(objects, relations).await?);
        Ok(())
    }
}
