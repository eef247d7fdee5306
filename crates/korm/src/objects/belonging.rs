//! Which objects belong to which, for objects as JSON.

use korm_core::relate::{self, Link};
use korm_core::{Expr, FieldPath};
use serde_json::Value;

use crate::{Cluster, Definition, Result};

/// The objects of one kind that were asked for because others may belong to them, or they to others.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Belonging {
    /// The objects, of one list.
    pub objects: Vec<Value>,
    /// Of each relation to this kind its place among those that were asked for; and for each of ours, the indexes of the
    /// objects that belong to it, in their order.
    pub relations: Vec<(usize, Vec<Vec<usize>>)>,
}

impl Cluster {
    /// Finds what belongs to `ours` by each of these relations: for each kind one list, joined in memory. Relations to one
    /// and the same description share a list. Nothing is sent for a kind to which none of ours points.
    ///
    /// `ours` are objects with the values that the links speak of, and with their uid if they are stored.
    ///
    /// ```
    /// use korm::{Cluster, FieldPath, Link, native};
    /// use serde_json::json;
    ///
    /// # #[tokio::main] async fn main() -> korm::Result<()> {
    /// let cluster = Cluster::embedded().await?;
    /// let config_maps = native::native("v1", "ConfigMap");
    /// let link = Link::Names(FieldPath::spec("settings"));
    /// let ours = [json!({"metadata": {"namespace": "default", "name": "a"}, "spec": {"settings": "of-a"}})];
    /// let kinds = cluster.belonging(&ours, &[(link, config_maps.into())]).await?;
    /// assert!(kinds[0].objects.is_empty()); // there is none of that name
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the requests.
    pub async fn belonging(
        &self,
        ours: &[Value],
        relations: &[(Link, Definition)],
    ) -> Result<Vec<Belonging>> {
        let mut kinds: Vec<(&Definition, Vec<usize>)> = Vec::new();
        for (at, (_, target)) in relations.iter().enumerate() {
            match kinds.iter_mut().find(|(known, _)| known.is(target)) {
                Some((_, places)) => places.push(at),
                None => kinds.push((target, vec![at])),
            }
        }
        let mut found = Vec::with_capacity(kinds.len());
        for (target, places) in kinds {
            let links: Vec<&Link> = places.iter().map(|&at| &relations[at].0).collect();
            let objects = self.everything_for(&links, ours, target).await?;
            let joined = links
                .iter()
                .map(|link| relate::join(link, ours, &objects, target));
            found.push(Belonging {
                relations: places.iter().copied().zip(joined).collect(),
                objects,
            });
        }
        Ok(found)
    }

    /// All objects of a kind that one of the links needs.
    async fn everything_for(
        &self,
        links: &[&Link],
        ours: &[Value],
        target: &Definition,
    ) -> Result<Vec<Value>> {
        let mut question = Expr::Always(false);
        for link in links {
            let one = relate::question(link, ours, target);
            question = match question {
                Expr::Always(false) => one,
                other if other == one => one,
                other => other.or(one),
            };
        }
        // What joins them is read also where the model over there does not map it.
        let joining = links.iter().filter_map(|link| match link {
            Link::NamedBy(path) => Some(FieldPath::clone(path)),
            _ => None,
        });
        let query = self.objects(target.clone()).query();
        query.filter(question).read_too(joining).all().await
    }
}
