//! The parts of times and durations (`common/types/timestamp.go` and `duration.go` of cel-go).

use chrono::{DateTime, Datelike, Duration, FixedOffset, Timelike};
use kube_cel::cel::extractors::{Arguments, This};
use kube_cel::cel::{Context, ExecutionError, ResolveResult, Value as Cel};

/// Replaces the crates' functions in the context.
pub(super) fn add(context: &mut Context<'_>) {
    type Part = fn(&DateTime<FixedOffset>) -> i64;
    let parts: [(&str, Part); 10] = [
        ("getFullYear", |time| time.year().into()),
        ("getMonth", |time| time.month0().into()),
        ("getDate", |time| time.day().into()),
        ("getDayOfMonth", |time| time.day0().into()),
        ("getDayOfWeek", |time| {
            time.weekday().num_days_from_sunday().into()
        }),
        ("getDayOfYear", |time| time.ordinal0().into()),
        ("getHours", |time| time.hour().into()),
        ("getMinutes", |time| time.minute().into()),
        ("getSeconds", |time| time.second().into()),
        ("getMilliseconds", |time| {
            time.timestamp_subsec_millis().into()
        }),
    ];
    for (name, part) in parts {
        context.add_function(
            name,
            move |This(of): This<Cel>, Arguments(zone): Arguments| -> ResolveResult {
                match (of, zone.as_slice()) {
                    (Cel::Timestamp(time), []) => Ok(Cel::Int(part(&time.to_utc().into()))),
                    (Cel::Timestamp(time), [Cel::String(zone)]) => {
                        let offset = offset(zone)?;
                        Ok(Cel::Int(part(&time.with_timezone(&offset))))
                    }
                    (Cel::Duration(duration), []) => total(name, &duration),
                    _ => Err(ExecutionError::NoSuchOverload),
                }
            },
        );
    }
}

fn total(function: &str, duration: &Duration) -> ResolveResult {
    Ok(Cel::Int(match function {
        "getHours" => duration.num_hours(),
        "getMinutes" => duration.num_minutes(),
        "getSeconds" => duration.num_seconds(),
        "getMilliseconds" => duration.num_milliseconds(),
        _ => return Err(ExecutionError::NoSuchOverload),
    }))
}

/// A zone by its distance from UTC. Zones that have names only are not known: there is no database of them.
fn offset(zone: &str) -> Result<FixedOffset, ExecutionError> {
    let fault = |why: String| ExecutionError::function_error("time", why);
    let Some((hours, minutes)) = zone.split_once(':') else {
        return match zone {
            "" | "UTC" => FixedOffset::east_opt(0),
            _ => None,
        }
        .ok_or_else(|| fault(format!("unknown time zone {zone}")));
    };
    let number = |text: &str| {
        let why = || fault(format!("strconv.Atoi: parsing \"{text}\": invalid syntax"));
        text.parse::<i32>().map_err(|_| why())
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minutes = match zone.starts_with('-') {
        true => -minutes,
        false => minutes,
    };
    let seconds = hours
        .checked_mul(60)
        .and_then(|offset| offset.checked_add(minutes)?.checked_mul(60));
    let offset = seconds.and_then(FixedOffset::east_opt);
    offset.ok_or_else(|| fault(format!("unknown time zone {zone}")))
}
