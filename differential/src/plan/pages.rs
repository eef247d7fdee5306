//! Lists that are read page by page while their objects come and go, with tokens that are right, late, another's, or
//! nobody's.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::Method;
use serde_json::{Value, json};

use crate::plan::kinds::{Kind, natives};
use crate::plan::pool::Pool;
use crate::plan::script::Script;
use crate::plan::{reads, writes};
use crate::random::Random;
use crate::step::{Step, Then};

/// More objects than pages have places.
const NAMES: [&str; 8] = ["a", "a.b", "b", "c", "d", "d-e", "e", "z9"];
/// Version and meaning of a token's content.
const FORM: &str = "meta.k8s.io/v1";

/// A page that was asked for: what the next one has to repeat, and the step that answered.
#[derive(Clone)]
struct Page {
    selectors: Vec<String>,
    accept: Option<String>,
    step: usize,
}

/// Objects of one kind, in all its versions, then pages of them and changes in between.
pub(crate) fn sequence(random: &mut Random, pool: &Pool) -> Vec<Step> {
    let mut script = Script::new();
    let family = family(random, pool);
    for name in NAMES {
        if random.percent(75) {
            // The other versions take part in what comes after.
            create(random, &mut script, &family[0], name);
        }
    }
    let mut page = first(random, &mut script, &family[0]);
    for _ in 0..14 + random.below(8) {
        let kind = &random.pick(&family).clone();
        match random.weighted(&[(9, 0), (2, 1), (3, 2), (2, 3), (2, 4), (3, 5), (1, 6)]) {
            0 => page = next(random, &mut script, kind, &page),
            1 => page = first(random, &mut script, kind),
            2 => {
                let name = *random.pick(&NAMES);
                create(random, &mut script, kind, name);
            }
            3 => {
                script.add(removal(random, kind));
            }
            4 => {
                script.add(change(random, kind));
            }
            5 => {
                script.add(odd(random, kind, &page));
            }
            _ => {
                script.add(writes::delete_collection(random, kind));
            }
        }
    }
    script.steps()
}

/// A kind in namespaces: a token's place within them is the same on both servers.
fn family(random: &mut Random, pool: &Pool) -> Vec<Kind> {
    let mut families: Vec<Vec<Kind>> = pool.families.clone();
    families.extend(natives().into_iter().map(|kind| vec![kind]));
    families.retain(|family| {
        let mut kinds = family.iter();
        !family.is_empty() && kinds.all(|kind| kind.namespaced)
    });
    random.pick(&families).clone()
}

fn create(random: &mut Random, script: &mut Script, kind: &Kind, name: &str) {
    let mut body = kind.body(random);
    let colour = *random.pick(&["red", "blue"]);
    body["metadata"] = json!({"name": name, "labels": {"seq": "@{ns}", "colour": colour}});
    script.add(Step::new(Method::POST, &kind.plural, kind.collection()).json(body));
}

fn removal(random: &mut Random, kind: &Kind) -> Step {
    Step::new(Method::DELETE, &kind.plural, object(random, kind))
}

fn change(random: &mut Random, kind: &Kind) -> Step {
    let colour = *random.pick(&["red", "blue"]);
    Step::new(Method::PATCH, &kind.plural, object(random, kind)).typed(
        "application/merge-patch+json",
        json!({"metadata": {"labels": {"colour": colour}}}),
    )
}

fn object(random: &mut Random, kind: &Kind) -> String {
    format!("{}/{}", kind.collection(), random.pick(&NAMES))
}

/// The first page of a new list.
fn first(random: &mut Random, script: &mut Script, kind: &Kind) -> Page {
    let mut selectors = Vec::new();
    if random.percent(40) {
        selectors.push(format!(
            "labelSelector={}",
            random.text(&["colour%3Dred", "colour!%3Dred"])
        ));
    }
    if random.percent(15) {
        let field = random.text(&["metadata.name%3Db", "metadata.name!%3Db"]);
        selectors.push(format!("fieldSelector={field}"));
    }
    let mut query = vec![format!("limit={}", 1 + random.below(3))];
    query.extend(selectors.clone());
    match random.below(10) {
        0 => query.push("resourceVersion=0".to_owned()),
        1 => query.push("resourceVersionMatch=NotOlderThan&resourceVersion=0".to_owned()),
        2 | 3 => {
            let earlier = script.next().saturating_sub(1 + random.below(6));
            let how = random.text(&["Exact", "NotOlderThan"]);
            query.push(format!(
                "resourceVersion=@{{rv:{earlier}}}&resourceVersionMatch={how}"
            ));
        }
        _ => {}
    }
    let accept = random.percent(15).then(|| reads::accept(random, true));
    let step = ask(script, kind, &query, accept.clone());
    Page {
        selectors,
        accept,
        step,
    }
}

/// The page after this one, mostly asked for as it should be.
fn next(random: &mut Random, script: &mut Script, kind: &Kind, page: &Page) -> Page {
    let mut page = page.clone();
    if random.percent(6) {
        page.selectors = vec!["labelSelector=colour%3Dblue".to_owned()];
    }
    let mut query = vec![format!("continue=@{{continue:{}}}", page.step)];
    if random.percent(85) {
        query.insert(0, format!("limit={}", 1 + random.below(3)));
    }
    query.extend(page.selectors.clone());
    if random.percent(12) {
        query.push(
            random
                .text(&[
                    "resourceVersion=0",
                    "resourceVersion=7",
                    "resourceVersionMatch=Exact",
                    "resourceVersionMatch=NotOlderThan&resourceVersion=0",
                    "timeoutSeconds=5",
                ])
                .to_owned(),
        );
    }
    page.step = ask(script, kind, &query, page.accept.clone());
    page
}

fn ask(script: &mut Script, kind: &Kind, query: &[String], accept: Option<String>) -> usize {
    let path = format!("{}?{}", kind.collection(), query.join("&"));
    let mut step = Step::new(Method::GET, &kind.plural, path);
    step.accept = accept;
    script.add(step)
}

/// A token that no server gave, or that is used for something else.
fn odd(random: &mut Random, kind: &Kind, page: &Page) -> Step {
    let token = format!("@{{continue:{}}}", page.step);
    let collection = kind.collection();
    let everywhere = kind.everywhere();
    let path = match random.below(10) {
        0 => format!("{collection}?limit=2&continue=.{token}"),
        1 => {
            let path = format!("{collection}?watch=1&continue={token}");
            let mut watch = Step::new(Method::GET, &kind.plural, path);
            watch.then = Then::Watch;
            return watch;
        }
        2 => format!("{everywhere}?labelSelector=seq%3D@{{ns}}&limit=1&continue={token}"),
        _ => format!("{collection}?limit=2&continue={}", made_up(random)),
    };
    Step::new(Method::GET, &kind.plural, path)
}

/// A token made by hand. The version -1 is that of tokens for lists that go on although their state is forgotten.
fn made_up(random: &mut Random) -> String {
    let version = json!(*random.pick(&[-1_i64, -1, -1, 0, 1, -2, 99_999_999_999]));
    let content: Value = match random.below(10) {
        0 => json!({"v": "v2", "rv": version, "start": "b\u{0}"}),
        1 => json!({"rv": version, "start": "b\u{0}"}),
        2 => json!({"v": FORM, "rv": version, "start": "../a"}),
        3 => json!({"v": FORM, "rv": version, "start": ""}),
        4 => json!({"v": FORM, "start": "b\u{0}"}),
        5 => json!({"v": FORM, "rv": "one", "start": "b\u{0}"}),
        6 => json!({"v": FORM, "rv": version, "start": "b"}),
        _ => json!({"v": FORM, "rv": version, "start": *random.pick(&["b\u{0}", "d\u{0}", "zz"])}),
    };
    BASE64_URL_SAFE_NO_PAD.encode(content.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_on_from_the_pages_before() {
        let pool = Pool::random(&mut Random::new(1, 1), 4, "run");
        let mut going_on = 0;
        for number in 0..50 {
            let steps = sequence(&mut Random::new(2, number), &pool);
            for step in &steps {
                let Some((_, rest)) = step.path.split_once("continue=@{continue:") else {
                    continue;
                };
                let asked: usize = rest.split('}').next().unwrap().parse().unwrap();
                assert!(
                    steps[asked].path.contains("limit=") || steps[asked].path.contains("continue=")
                );
                going_on += 1;
            }
        }
        assert!(going_on > 150, "{going_on}");
    }
}
