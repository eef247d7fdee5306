//! Making random sequences of requests.

mod aim;
mod applies;
mod definitions;
mod expressions;
mod finalizers;
pub(crate) mod kinds;
mod leave;
mod life;
mod metadata;
mod owners;
mod pages;
mod patches;
mod places;
mod pool;
mod reads;
mod rules;
mod schema;
mod script;
mod statuses;
mod wire;
mod writes;

use http::Method;

use crate::random::Random;
use crate::step::Step;
use script::Script;

pub(crate) use definitions::DEFINITIONS;
pub(crate) use kinds::{Kind, natives};
pub(crate) use pool::Pool;

/// Steps of a sequence, beside the one that makes its namespace.
const SHORTEST: usize = 22;
const LONGEST: usize = 36;
/// Kinds that one sequence works with; few, so that requests meet.
const KINDS: usize = 2;

/// What is done at a step, each as often as its weight says.
const MIX: [(usize, Action); 18] = [
    (22, Action::Create),
    (6, Action::Get),
    (13, Action::List),
    (6, Action::Watch),
    (9, Action::Replace),
    (9, Action::MergePatch),
    (7, Action::JsonPatch),
    (5, Action::StrategicPatch),
    (8, Action::Apply),
    (5, Action::Status),
    (3, Action::Scale),
    (8, Action::Delete),
    (2, Action::DeleteCollection),
    (4, Action::Table),
    (3, Action::Malformed),
    (2, Action::Namespace),
    (2, Action::Definition),
    (1, Action::Nowhere),
];

#[derive(Clone, Copy, Debug)]
enum Action {
    Create,
    Get,
    List,
    Watch,
    Replace,
    MergePatch,
    JsonPatch,
    StrategicPatch,
    Apply,
    Status,
    Scale,
    Delete,
    DeleteCollection,
    Table,
    Malformed,
    Namespace,
    Definition,
    Nowhere,
}

/// What a sequence is about, each as often as its weight says.
const THEMES: [(usize, Theme); 8] = [
    (50, Theme::Mix),
    (8, Theme::Applies),
    (6, Theme::Pages),
    (2, Theme::Leave),
    (9, Theme::Wire),
    (9, Theme::Owners),
    (10, Theme::Finalizers),
    (6, Theme::Life),
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Theme {
    Mix,
    Applies,
    Pages,
    Owners,
    Finalizers,
    Life,
    Wire,
    Leave,
}

/// The sequence of this number; the same for the same seed.
pub(crate) fn sequence(seed: u64, number: u32, pool: &Pool) -> Vec<Step> {
    let (theme, mut random) = theme(seed, number);
    match theme {
        Theme::Mix => mix(&mut random, pool),
        Theme::Applies => applies::sequence(&mut random, pool),
        Theme::Pages => pages::sequence(&mut random, pool),
        Theme::Owners => owners::sequence(&mut random, pool),
        Theme::Finalizers => finalizers::sequence(&mut random, pool),
        Theme::Life => life::sequence(&mut random),
        Theme::Wire => wire::sequence(&mut random, pool),
        Theme::Leave => leave::sequence(&mut random, pool),
    }
}

/// Whether the sequence of this number comes and goes with kinds of its own: garbage collection waits for kinds that
/// come, so those that need it go before.
pub(crate) fn changes_kinds(seed: u64, number: u32) -> bool {
    theme(seed, number).0 == Theme::Life
}

fn theme(seed: u64, number: u32) -> (Theme, Random) {
    let mut random = Random::new(seed, u64::from(number));
    (random.weighted(&THEMES), random)
}

/// Requests of all kinds in no order.
fn mix(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let natives: Vec<Vec<Kind>> = natives().into_iter().map(|kind| vec![kind]).collect();
    let mut kinds: Vec<&Vec<Kind>> = Vec::new();
    for _ in 0..KINDS {
        let from = if random.percent(50) || pool.families.is_empty() {
            &natives
        } else {
            &pool.families
        };
        kinds.push(random.pick(from));
    }
    let mut script = Script::new();
    aim::plant(random, &mut script, kinds.iter().map(|family| &family[0]));
    for _ in 0..SHORTEST + random.below(LONGEST - SHORTEST) {
        let family = *random.pick(&kinds);
        let kind = random.pick(family);
        script.add(step_of_mix(random, &script, kind));
    }
    script.steps()
}

pub(crate) fn step_of_mix(random: &mut Random, script: &Script, kind: &Kind) -> Step {
    // A step refers to what the last ones answered.
    let earlier = script.next().saturating_sub(1 + random.below(8));
    let mut step = plain_step(random, kind, earlier);
    aim::aim(random, script, kind, &mut step);
    let is_written_or_part = step.method != Method::GET || step.resource.contains('/');
    if is_written_or_part && step.accept.is_none() && random.percent(6) {
        step.accept = Some(reads::accept(random, false));
    }
    if step.body.is_some() && step.resource != "customresourcedefinitions" && random.percent(4) {
        writes::duplicate(random, &mut step);
    }
    step
}

fn plain_step(random: &mut Random, kind: &Kind, earlier: usize) -> Step {
    // Not every kind has one.
    if kind.scale && random.percent(6) {
        return writes::scale(random, kind, earlier);
    }
    match random.weighted(&MIX) {
        // Most kinds have no such part.
        Action::Status if !kind.status && random.percent(90) => {
            writes::replace(random, kind, earlier)
        }
        Action::Scale if !kind.scale && random.percent(90) => patches::json(random, kind, earlier),
        Action::Create => writes::create(random, kind),
        Action::Get => reads::get(random, kind),
        Action::List => reads::list(random, kind, earlier),
        Action::Watch => reads::watch(random, kind, earlier),
        Action::Replace => writes::replace(random, kind, earlier),
        Action::MergePatch => patches::merge(random, kind, earlier),
        Action::JsonPatch => patches::json(random, kind, earlier),
        Action::StrategicPatch => patches::strategic(random, kind),
        Action::Apply => patches::apply(random, kind),
        Action::Status => writes::status(random, kind, earlier),
        Action::Scale => writes::scale(random, kind, earlier),
        Action::Delete => writes::delete(random, kind, earlier),
        Action::DeleteCollection => writes::delete_collection(random, kind),
        Action::Table => reads::table(random, kind),
        Action::Malformed => writes::malformed(random, kind),
        Action::Namespace => places::namespace(random, earlier),
        Action::Definition => pool::dry_definition(random),
        Action::Nowhere => places::nowhere(random),
    }
}
