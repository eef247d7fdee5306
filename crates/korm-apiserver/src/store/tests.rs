use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::read::Page;
use super::*;

fn named(name: &str, data: u64) -> Value {
    json!({"metadata": {"name": name, "namespace": "ns"}, "data": data})
}

fn keys(page: &Page) -> Vec<&str> {
    page.objects.iter().map(|o| &*o.key).collect()
}

#[test]
fn every_write_has_its_own_revision() {
    let mut store = Store::new(10);
    let peaches: StorageKey = "peaches".into();
    let a = store.put(&peaches, named("a", 1), false);
    let b = store.put(&peaches, named("b", 1), false);
    assert_eq!((a.revision, b.revision), (2, 3));
    assert_eq!(meta::resource_version(&b.value), "3");
    let gone = store.delete(&peaches, "ns/a").unwrap();
    assert_eq!(meta::resource_version(&gone.value), "4");
    assert!(store.delete(&peaches, "ns/a").is_none());
    assert_eq!(store.revision(), 4);
}

#[test]
fn compaction_expires_older_revisions_but_not_the_compacted_one() {
    let mut store = Store::new(10);
    let peaches: StorageKey = "peaches".into();
    store.put(&peaches, named("a", 1), false); // 2
    store.put(&peaches, named("b", 1), false); // 3
    store.put(&peaches, named("a", 2), false); // 4
    store.compact(3);
    assert_eq!(
        store
            .read("peaches", "", None, ReadAt::Revision(2))
            .unwrap_err(),
        Expired { oldest: 3 }
    );
    let page = store
        .read("peaches", "", None, ReadAt::Revision(3))
        .unwrap();
    assert_eq!(page.objects[0].value["data"], 1);
    assert_eq!(store.oldest("never-written"), 3);
}

#[test]
fn the_log_of_a_resource_is_bounded() {
    let mut store = Store::new(2);
    let peaches: StorageKey = "peaches".into();
    for data in 0..5 {
        store.put(&peaches, named("a", data), false); // 2 to 6
    }
    assert_eq!(store.oldest("peaches"), 4);
    assert_eq!(store.oldest("plums"), 0);
    assert!(store.read("peaches", "", None, ReadAt::Revision(4)).is_ok());
}

#[test]
fn ranges_follow_the_bytes_of_keys() {
    let mut store = Store::new(10);
    let peaches: StorageKey = "peaches".into();
    for (namespace, name) in [("a", "x"), ("a-b", "x"), ("b", "y")] {
        store.put(
            &peaches,
            json!({"metadata": {"name": name, "namespace": namespace}}),
            false,
        );
    }
    let all = store.read("peaches", "", None, ReadAt::Now).unwrap();
    assert_eq!(keys(&all), ["a-b/x", "a/x", "b/y"]);
    let one = store.read("peaches", "a/", None, ReadAt::Now).unwrap();
    assert_eq!(keys(&one), ["a/x"]);
    let rest = store
        .read("peaches", "", Some("a-b/x\0"), ReadAt::Now)
        .unwrap();
    assert_eq!(keys(&rest), ["a/x", "b/y"]);
}

proptest! {
    /// Reading the past gives what was there, for every revision that is still in the history.
    #[test]
    fn the_past_reads_as_it_was(writes in prop::collection::vec((0..6u8, any::<bool>()), 1..60), keep in 1..80usize) {
        let mut store = Store::new(keep);
        let peaches: StorageKey = "peaches".into();
        let mut model: BTreeMap<String, u64> = BTreeMap::new();
        let mut states = vec![(store.revision(), model.clone())];
        for (index, (name, remove)) in writes.into_iter().enumerate() {
            let name = format!("n{name}");
            if remove {
                store.delete(&peaches, &format!("ns/{name}"));
                model.remove(&name);
            } else {
                store.put(&peaches, named(&name, index as u64), false);
                model.insert(name, index as u64);
            }
            states.push((store.revision(), model.clone()));
        }
        for (revision, model) in states {
            match store.read("peaches", "ns/", None, ReadAt::Revision(revision)) {
                Ok(page) => {
                    let read: BTreeMap<String, u64> = page.objects.iter()
                        .map(|o| (meta::name(&o.value).to_owned(), o.value["data"].as_u64().unwrap()))
                        .collect();
                    prop_assert_eq!(read, model);
                }
                Err(expired) => prop_assert!(revision < expired.oldest),
            }
        }
    }
}
