//! One of the programs.

use std::fmt;

use http::HeaderValue;
use korm_apiserver::faults::Faults;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::model::{Memo, NAMESPACE, Peach, peach};
use super::truth::{Truth, WRITE};
use crate::{Cluster, Error, Meta, Result};

/// What a write means to do.
#[derive(Clone, Debug)]
pub(super) enum Intent {
    /// Create an object of this name, or of one that is made up from it.
    Create { name: String, made_up: bool },
    /// Set these pointers of an object to these texts.
    Set(Vec<(String, String)>),
    /// Set this annotation by server-side apply, creating the object if need be.
    Apply(String),
    /// Add one to the price.
    Increment,
    /// Delete an object.
    Delete,
    /// Remove the finalizer that holds an object which is being deleted, and so end it.
    Release,
}

/// What a program was told of one of its writes.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// The name of the write.
    pub(super) write: String,
    /// The name of the object.
    pub(super) object: String,
    pub(super) intent: Intent,
    /// How many changes the server had made when the program last knew how the object is.
    pub(super) known_at: usize,
    pub(super) answer: std::result::Result<(), Refused>,
    /// Whether it met a fault.
    pub(super) faulty: bool,
}

/// An error, as far as it matters here.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    pub(super) kind: crate::ErrorKind,
    pub(super) outcome: crate::Outcome,
    /// How many endpoints were written before it.
    pub(super) written: usize,
    pub(super) text: String,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self {
            kind: error.kind(),
            outcome: error.outcome(),
            written: error.written().len(),
            text: error.to_string(),
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faulty = if self.faulty { " (with faults)" } else { "" };
        write!(
            f,
            "{} {}: {:?}{faulty}: ",
            self.write, self.object, self.intent
        )?;
        match &self.answer {
            Ok(()) => f.write_str("done"),
            Err(refused) => write!(f, "{:?}: {}", refused.outcome, refused.text),
        }
    }
}

pub(super) struct Actor {
    number: u64,
    /// A connection without faults, to prepare things with.
    calm: Cluster,
    cluster: Cluster,
    faults: Faults,
    truth: Truth,
    random: StdRng,
    /// The object as this program knows it, and since when.
    known: Option<(Peach, usize)>,
    writes: usize,
    told: Vec<Told>,
}

impl Actor {
    pub(super) fn new(
        number: u64,
        seed: u64,
        cluster: &Cluster,
        faults: Faults,
        truth: Truth,
    ) -> Self {
        Self {
            number,
            calm: cluster.clone(),
            cluster: cluster
                .with_layer(&faults.layer())
                .with_field_manager(format!("program-{number}")),
            faults,
            truth,
            random: StdRng::seed_from_u64(seed.wrapping_mul(1_000_003) + number),
            known: None,
            writes: 0,
            told: Vec::new(),
        }
    }

    pub(super) async fn run(mut self, writes: usize) -> Vec<Told> {
        for _ in 0..writes {
            match self.random.random_range(0..13) {
                0 | 1 => self.create().await,
                2 => self.create_made_up().await,
                3 | 4 => self.save_own().await,
                5 | 6 => self.save_shared().await,
                7 | 8 => self.update().await,
                9 => self.apply().await,
                10 => self.save_many().await,
                11 => self.release().await,
                _ => self.delete().await,
            }
        }
        self.told
    }

    fn shared_name(&mut self) -> String {
        format!("shared-{}", self.random.random_range(0..2))
    }

    /// A handle whose requests say which write they belong to.
    fn begin(&mut self) -> (Cluster, String, usize) {
        self.writes += 1;
        let write = format!("w{}.{}", self.number, self.writes);
        let header = HeaderValue::from_str(&write).unwrap();
        let cluster = self.cluster.with_request_hook(move |request| {
            request.headers.insert(WRITE, header.clone());
            Ok(())
        });
        (cluster, write, self.faults.injected().len())
    }

    fn tell<T>(
        &mut self,
        (write, faults): (String, usize),
        object: &str,
        intent: Intent,
        known_at: usize,
        answer: Result<T>,
    ) {
        self.told.push(Told {
            write,
            object: object.to_owned(),
            intent,
            known_at,
            answer: answer.map(drop).map_err(Refused::from),
            faulty: self.faults.injected().len() > faults,
        });
    }

    async fn create(&mut self) {
        let name = self.shared_name();
        let (cluster, write, faults) = self.begin();
        let mut new = peach(Meta::named(&name), &write);
        let answer = cluster.create(&mut new).await;
        if answer.is_ok() {
            self.known = Some((new, self.truth.len()));
        }
        let intent = Intent::Create {
            name: name.clone(),
            made_up: false,
        };
        self.tell((write, faults), &name, intent, 0, answer);
    }

    async fn create_made_up(&mut self) {
        let (cluster, write, faults) = self.begin();
        let prefix = format!("made-{}-{}-", self.number, self.writes);
        let mut new = peach(Meta::generated(&prefix), &write);
        let answer = cluster.save(&mut new).await;
        let intent = Intent::Create {
            name: prefix,
            made_up: true,
        };
        let name = new.meta.name.clone();
        self.tell((write, faults), &name, intent, 0, answer);
    }

    /// Several creations in one call.
    async fn save_many(&mut self) {
        let (cluster, write, faults) = self.begin();
        let names: Vec<String> = (0..3)
            .map(|n| format!("many-{}-{}-{n}", self.number, self.writes))
            .collect();
        let mut all: Vec<Peach> = names
            .iter()
            .map(|name| peach(Meta::named(name), &write))
            .collect();
        let answers = cluster.save_all(&mut all).concurrency(2).await;
        for (name, answer) in names.iter().zip(answers) {
            let intent = Intent::Create {
                name: name.clone(),
                made_up: false,
            };
            self.tell((write.clone(), faults), name, intent, 0, answer);
        }
    }

    /// The object this program works on; read anew where it knows none.
    async fn known(&mut self) -> Option<(Peach, usize)> {
        if let Some(known) = self.known.clone() {
            return Some(known);
        }
        let name = self.shared_name();
        let at = self.truth.len();
        let read = self.cluster.get::<Peach>((NAMESPACE, name.as_str())).await;
        self.known = read.ok().map(|peach| (peach, at));
        self.known.clone()
    }

    /// What nobody else writes, and the status that everybody does, in one call.
    async fn save_own(&mut self) {
        let Some((mut known, known_at)) = self.known().await else {
            return;
        };
        let (cluster, write, faults) = self.begin();
        let own = format!("own-{}", self.number);
        let mut set = vec![(format!("/metadata/annotations/{own}"), write.clone())];
        known.meta.annotations.insert(own, write.clone());
        if self.random.random_bool(0.4) {
            known.ripe = Some(write.clone());
            set.push(("/status/ripe".to_owned(), write.clone()));
        }
        self.save(cluster, (write, faults), known, Intent::Set(set), known_at)
            .await;
    }

    async fn save_shared(&mut self) {
        let Some((mut known, known_at)) = self.known().await else {
            return;
        };
        let (cluster, write, faults) = self.begin();
        known.variety.clone_from(&write);
        let set = vec![("/spec/variety".to_owned(), write.clone())];
        self.save(cluster, (write, faults), known, Intent::Set(set), known_at)
            .await;
    }

    async fn save(
        &mut self,
        cluster: Cluster,
        write: (String, usize),
        mut changed: Peach,
        intent: Intent,
        known_at: usize,
    ) {
        let name = changed.meta.name.clone();
        let at = self.truth.len();
        let answer = cluster.save(&mut changed).await;
        // After an error, as its hint says, the object is read again.
        self.known = answer.is_ok().then_some((changed, at));
        self.tell(write, &name, intent, known_at, answer);
    }

    async fn update(&mut self) {
        let name = self.shared_name();
        let (cluster, write, faults) = self.begin();
        let known_at = self.truth.len();
        let key = (NAMESPACE, name.as_str());
        let answer = cluster
            .update(key, |peach: &mut Peach| peach.price += 1)
            .await;
        self.tell((write, faults), &name, Intent::Increment, known_at, answer);
    }

    async fn apply(&mut self) {
        let name = self.shared_name();
        let force = self.random.random_bool(0.5);
        let (cluster, write, faults) = self.begin();
        let known_at = self.truth.len();
        let key = (NAMESPACE, name.as_str());
        // A part cannot make a whole: it is applied to what is there.
        if cluster.get::<Peach>(key).await.is_err() {
            return;
        }
        let mut memo = Memo {
            meta: Meta::named(&name).in_namespace(NAMESPACE),
            memo: Some(write.clone()),
        };
        let apply = cluster.apply(&mut memo);
        let answer = if force {
            apply.force().await
        } else {
            apply.await
        };
        let intent = Intent::Apply(write.clone());
        self.tell((write, faults), &name, intent, known_at, answer);
    }

    /// Ends an object that nobody else knows.
    async fn release(&mut self) {
        let (cluster, write, faults) = self.begin();
        let name = format!("held-{}-{}", self.number, self.writes);
        let mut held = peach(Meta::named(&name).finalizer("korm.example/hold"), &write);
        self.calm.create(&mut held).await.unwrap();
        self.calm.delete(&held).await.unwrap();
        self.calm.refresh(&mut held).await.unwrap();
        let known_at = self.truth.len();
        let answer = if self.random.random_bool(0.5) {
            cluster
                .remove_finalizer(&mut held, "korm.example/hold")
                .await
        } else {
            held.meta.finalizers.clear();
            cluster.save(&mut held).await.map(drop)
        };
        self.tell((write, faults), &name, Intent::Release, known_at, answer);
    }

    async fn delete(&mut self) {
        let Some((known, known_at)) = self.known().await else {
            return;
        };
        let (cluster, write, faults) = self.begin();
        let answer = cluster.delete(&known).await;
        self.known = None;
        self.tell(
            (write, faults),
            &known.meta.name,
            Intent::Delete,
            known_at,
            answer,
        );
    }
}
