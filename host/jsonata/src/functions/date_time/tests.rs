use super::{from_millis, to_millis};
use crate::functions::regex::Effort;

/// Friday 2018-03-23T10:33:36.617Z
const MOMENT: f64 = 1521801216617.0;

fn format(millis: f64, picture: &str, zone: Option<&str>) -> Result<String, &'static str> {
    from_millis(millis, Some(picture), zone, 10_000).map_err(|fault| fault.code)
}

/// Reads a text and shows it in ISO 8601; `none` if it is no such time.
fn read(text: &str, picture: Option<&str>) -> Result<String, &'static str> {
    let mut effort = Effort {
        steps: 100_000,
        memory: 1 << 20,
    };
    let millis =
        to_millis(text, picture, MOMENT as i64, &mut effort).map_err(|fault| fault.code)?;
    let iso = millis.map(|millis| from_millis(millis, None, None, 100).unwrap());
    Ok(iso.unwrap_or("none".to_owned()))
}

#[test]
fn times_follow_their_picture() {
    for (picture, text) in [
        ("[[[Y0001]]] [ M01 ]", "[2018] 03"),
        ("[D1o] [MNn] [YI], [FN,3-3]", "23rd March MMXVIII, FRI"),
        (
            "[Dwo] of [MNn,*-3], [Y,2] [E]",
            "twenty-third of Mar, 18 ISO",
        ),
        ("[h]:[m]:[s].[f001] [PN] [P]", "10:33:36.617 AM am"),
        ("[d] [W] [w] [X]-[x] [F1]", "82 12 4 2018-3 5"),
        ("[Z] [Z0] [z] [Z0101t] [Z01:01t]", "+00:00 +0 GMT+00:00 Z Z"),
    ] {
        assert_eq!(
            format(MOMENT, picture, None).as_deref(),
            Ok(text),
            "{picture}"
        );
    }
}

#[test]
fn zones_shift_the_time() {
    for (zone, text) in [
        ("-0500", "2018-03-23T05:33-05:00 -5"),
        ("+0530", "2018-03-23T16:03+05:30 +5:30"),
        ("-0030", "2018-03-23T10:03-00:30 -0:30"),
        ("0000", "2018-03-23T10:33+00:00 +0"),
    ] {
        let picture = "[Y]-[M01]-[D01]T[H01]:[m][Z] [Z0]";
        assert_eq!(
            format(MOMENT, picture, Some(zone)).as_deref(),
            Ok(text),
            "{zone}"
        );
    }
    assert_eq!(format(MOMENT, "[Y]", Some("Europe/Rome")), Err("D3134"));
}

#[test]
fn weeks_belong_where_their_thursday_is() {
    for (date, weeks) in [
        ("2005-12-31", "2005-W52-6"),
        ("2006-01-01", "2005-W52-7"),
        ("2006-01-02", "2006-W01-1"),
        ("2008-12-29", "2009-W01-1"),
        ("2010-01-03", "2009-W53-7"),
        ("2020-12-31", "2020-W53-4"),
    ] {
        let mut effort = Effort {
            steps: 0,
            memory: 0,
        };
        let millis = to_millis(date, None, 0, &mut effort).unwrap().unwrap();
        assert_eq!(
            format(millis, "[X0001]-W[W01]-[F1]", None).as_deref(),
            Ok(weeks)
        );
    }
}

#[test]
fn bad_pictures_and_times_are_refused() {
    for (picture, code) in [
        ("[YN]", "D3133"),
        ("[YN]-[M", "D3135"),
        ("[q]", "D3132"),
        ("[]", "D3132"),
        ("[Do]", "D3130"),
        ("[Z00001]", "D3134"),
        ("[ZN]", "D3130"),
        ("[Y,1000000000]", "D1014"),
        ("[m,1000000000]", "D1014"),
    ] {
        assert_eq!(format(MOMENT, picture, None), Err(code), "{picture}");
    }
    assert_eq!(format(1e17, "[Y]", None), Err("D1001"));
    assert_eq!(format(-1e300, "[Y]", None), Err("D1001"));
    assert_eq!(
        format(8.64e15, "[Y]-[M]-[D]", None).as_deref(),
        Ok("275760-9-13")
    );
}

#[test]
fn pictures_read_times() {
    for (text, picture, time) in [
        ("20180205", "[Y0001][M01][D01]", "2018-02-05T00:00:00.000Z"),
        (
            "27th 3 1976",
            "[D1o] [M#1] [Y0001]",
            "1976-03-27T00:00:00.000Z",
        ),
        ("ae C mmxviii", "[Da] [MA] [Yi]", "2018-03-31T00:00:00.000Z"),
        (
            "nineteen hundred and eighty-four",
            "[Yw]",
            "1984-01-01T00:00:00.000Z",
        ),
        (
            "Mon, Twelfth November 2018",
            "[FNn,*-3], [DWwo] [MNn] [Y]",
            "2018-11-12T00:00:00.000Z",
        ),
        ("2018--180", "[Y]--[d]", "2018-06-29T00:00:00.000Z"),
        ("2018--180 7", "[Y]--[d] [H]", "2018-06-29T07:00:00.000Z"),
        ("12:06 am", "[h]:[m] [P]", "2018-03-23T00:06:00.000Z"),
        ("12:06 pm", "[h]:[m] [P]", "2018-03-23T12:06:00.000Z"),
        ("13:45", "[H]:[m]", "2018-03-23T13:45:00.000Z"),
        ("8:00 GMT-05:30", "[H]:[m] [z]", "2018-03-23T13:30:00.000Z"),
        ("8:00 -0530", "[H]:[m] [Z0001]", "2018-03-23T13:30:00.000Z"),
        ("2018-14-32", "[Y]-[M]-[D]", "2019-03-04T00:00:00.000Z"),
        ("1.5", "[s].[f]", "2018-03-23T10:33:01.500Z"),
        ("nonsense", "[Y]-[M]-[D]", "none"),
        ("Hello", "Hello", "none"),
        ("9999999999999", "[Y]", "none"),
    ] {
        assert_eq!(
            read(text, Some(picture)).as_deref(),
            Ok(time),
            "{text} as {picture}"
        );
    }
    for (text, picture, code) in [
        ("2018-22", "[Y]-[D]", "D3136"),
        ("2018-32-5", "[X]-[W]-[F1]", "D3136"),
        ("2018", "[Yα]", "D3130"),
    ] {
        assert_eq!(read(text, Some(picture)), Err(code), "{text} as {picture}");
    }
}

#[test]
fn iso_8601_is_read_as_ecmascript_reads_it() {
    for (text, time) in [
        ("2018", "2018-01-01T00:00:00.000Z"),
        ("2018-05Z", "2018-05-01T00:00:00.000Z"),
        ("2018T10:00:00Z", "2018-01-01T10:00:00.000Z"),
        ("2018-02-30", "2018-03-02T00:00:00.000Z"),
        ("2018-01-01T24:00:00Z", "2018-01-02T00:00:00.000Z"),
        ("2018-01-01T10:00:00.123456Z", "2018-01-01T10:00:00.123Z"),
        ("2018-01-01T10:00:00.5-0130", "2018-01-01T11:30:00.500Z"),
        ("0050-01-01", "0050-01-01T00:00:00.000Z"),
    ] {
        assert_eq!(read(text, None).as_deref(), Ok(time), "{text}");
    }
    for text in [
        "",
        "18",
        "2018-13",
        "2018-01-00",
        "2018-01-01T24:00:01Z",
        "2018-01-01T10:00Z",
        "2018-01-01+01:00",
        "2018-01-01T10:00:00+29:59",
        "2018-01-01 10:00:00",
        "2018-01-01.5",
        "2018-01-01T10:00:00.Z",
        "2018-01-01T10:00:00Zulu",
    ] {
        assert_eq!(read(text, None), Err("D3110"), "{text}");
    }
}
