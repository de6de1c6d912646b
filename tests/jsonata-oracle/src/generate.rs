//! Random expressions that mean something: of a grammar, over a document.

/// The document that the expressions look into.
pub const DOCUMENT: &str = r#"{
    "name": "Ada", "empty": [], "nothing": null, "yes": true, "no": false, "zero": 0,
    "text": "The quick brown fox, 1 of 3", "when": "2018-03-23T10:33:36.617Z",
    "numbers": [3, 1, 4, 1, 5, -9, 2.5], "words": ["pear", "Apple", "fig", "apple"],
    "nested": [[1, 2], [3, [4]], []], "one": [7],
    "orders": [
        {"id": "a1", "price": 12.5, "qty": 2, "tags": ["x", "y"], "to": {"city": "Rome"}},
        {"id": "b2", "price": 0.1, "qty": 30, "tags": [], "to": {"city": "Oslo", "zip": "01"}},
        {"id": "c3", "price": 99, "qty": 1, "tags": ["y"]},
        {"id": "d4", "qty": 0, "tags": "z", "to": [{"city": "Bonn"}, {"city": "Lima"}]}
    ]
}"#;

/// Makes expressions from a seed.
pub struct Generator(u64);

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// An expression of at most this many levels.
    pub fn expression(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.leaf();
        }
        let depth = depth - 1;
        match self.below(16) {
            0 | 1 => self.leaf(),
            2 | 3 => self.path(depth),
            4 => self.binary(depth),
            5 => format!("{}[{}]", self.path(depth), self.predicate(depth)),
            6 => format!("[{}, {}]", self.expression(depth), self.expression(depth)),
            7 => format!(
                "{{'k': {}, 'l': {}}}",
                self.expression(depth),
                self.expression(depth)
            ),
            8 => format!(
                "({} ? {} : {})",
                self.expression(depth),
                self.expression(depth),
                self.expression(depth)
            ),
            9 => format!("($v := {}; [$v, $v])", self.expression(depth)),
            10 => self.higher_order(depth),
            11 => format!(
                "(orders^({}{}))",
                self.pick(&["", "<", ">"]),
                self.pick(&["id", "qty", "to.city"])
            ),
            12 => format!(
                "orders{{{}: {}}}",
                self.pick(&["id", "$string(qty > 1)"]),
                self.path(0)
            ),
            _ => self.call(depth),
        }
    }

    fn leaf(&mut self) -> String {
        match self.below(4) {
            0 => self.pick(&["0", "1", "-2", "2.5", "1e3", "0.1", "7", "100"]),
            1 => self.text(),
            2 => self.pick(&[
                "true", "false", "null", "missing", "[]", "{}", "[1..4]", "$",
            ]),
            _ => self.path(0),
        }
    }

    fn text(&mut self) -> String {
        self.pick(&[
            "''",
            "'a'",
            "'apple'",
            "'12'",
            "'0x1F'",
            "'é😀z'",
            "' a  b '",
            "'a,b,,c'",
            "'%41'",
        ])
    }

    fn path(&mut self, depth: usize) -> String {
        let start = self.pick(&[
            "name",
            "empty",
            "nothing",
            "yes",
            "no",
            "zero",
            "text",
            "numbers",
            "words",
            "nested",
            "one",
            "orders",
            "orders.qty",
            "orders.tags",
            "orders.to.city",
            "orders.to",
            "orders[0]",
            "**.city",
            "orders.*",
            "$.orders.price",
            "orders.(price * qty)",
            "orders[-1].id",
            "words[]",
            "missing.a",
        ]);
        match (depth, self.below(6)) {
            (0, _) | (_, 0..3) => start,
            (_, 3) => format!("{start}.({})", self.expression(depth - 1)),
            (_, 4) => format!("{start}[{}]", self.below(4)),
            _ => format!(
                "{start}.{}",
                self.pick(&["id", "$", "*", "tags", "[$]", "$string()", "to.%.id"])
            ),
        }
    }

    fn predicate(&mut self, depth: usize) -> String {
        match self.below(5) {
            0 => self.pick(&["0", "-1", "1", "[0, 2]", "[1..2]"]),
            1 => self.pick(&[
                "qty > 1",
                "id = 'c3'",
                "to.city in ['Rome', 'Bonn']",
                "price",
                "$ > 2",
            ]),
            _ => self.expression(depth),
        }
    }

    fn binary(&mut self, depth: usize) -> String {
        let operator = self.pick(&[
            "+", "-", "*", "/", "%", "&", "=", "!=", "<", ">", "<=", ">=", "and", "or", "in", "..",
        ]);
        let (left, right) = (self.expression(depth), self.expression(depth));
        match operator.as_str() {
            ".." => format!("[{left}..{right}]"),
            operator => format!("({left} {operator} {right})"),
        }
    }

    fn call(&mut self, depth: usize) -> String {
        let name = self.pick(&[
            "string",
            "length",
            "uppercase",
            "lowercase",
            "trim",
            "number",
            "abs",
            "floor",
            "ceil",
            "sqrt",
            "sum",
            "count",
            "max",
            "min",
            "average",
            "boolean",
            "not",
            "exists",
            "keys",
            "reverse",
            "distinct",
            "spread",
            "merge",
            "type",
            "base64encode",
            "encodeUrlComponent",
            "decodeUrl",
            "sort",
            "substring",
            "substringBefore",
            "substringAfter",
            "pad",
            "contains",
            "split",
            "join",
            "round",
            "power",
            "formatNumber",
            "formatBase",
            "formatInteger",
            "append",
            "lookup",
            "zip",
            "match",
            "replace",
            "fromMillis",
            "toMillis",
        ]);
        let first = match name.as_str() {
            // The oracle takes fractions for what they are not.
            "formatBase" | "fromMillis" => format!("$floor({})", self.expression(depth)),
            _ => self.expression(depth),
        };
        let rest = match name.as_str() {
            "substring" => format!(", {}, {}", self.integer(), self.integer()),
            "substringBefore" | "substringAfter" => format!(", {}", self.text()),
            "pad" => format!(", {}, {}", self.integer(), self.text()),
            "contains" => format!(", {}", self.pattern()),
            "split" => format!(", {}, {}", self.pattern(), self.below(4)),
            "join" => format!(", {}", self.text()),
            "round" | "power" => format!(", {}", self.integer()),
            "formatBase" => format!(", {}", self.below(20)),
            "formatNumber" => format!(
                ", {}",
                self.pick(&[
                    "'#,##0.00'",
                    "'0'",
                    "'00.0e0'",
                    "'01%'",
                    "'#.##;(#.##)'",
                    "'#,##0.0##,#'"
                ])
            ),
            "formatInteger" => format!(
                ", {}",
                self.pick(&["'0'", "'#,##0'", "'w'", "'Ww;o'", "'I'", "'a'", "'000;o'"])
            ),
            "append" | "zip" => format!(", {}", self.expression(depth)),
            "lookup" => format!(", {}", self.pick(&["'id'", "'city'", "'name'"])),
            "match" => format!(", {}", self.regex()),
            "replace" => format!(
                ", {}, {}",
                self.pattern(),
                self.pick(&["'-'", "'$0$0'", "'<$1>'", "''"])
            ),
            "fromMillis" => self.pick(&[
                "",
                ", '[Y]-[M01]-[D01]'",
                ", '[FNn], [D1o] [MNn]'",
                ", '[H01]:[m]', '+0200'",
            ]),
            "toMillis" => self.pick(&["", ", '[Y]-[M]-[D]'"]),
            _ => String::new(),
        };
        format!("${name}({first}{rest})")
    }

    fn higher_order(&mut self, depth: usize) -> String {
        let items = self.path(depth);
        let body = self.pick(&[
            "$x",
            "$x & 'a'",
            "$x * 2",
            "[$x]",
            "$string($x)",
            "$x > 1",
            "$exists($x.id)",
        ]);
        match self.below(6) {
            0 => format!("$map({items}, function($x) {{ {body} }})"),
            1 => format!("$filter({items}, function($x, $i) {{ $i > 0 and {body} }})"),
            2 => format!("$reduce({items}, function($a, $x) {{ $string($a) & {body} }}, '')"),
            3 => format!("$sort({items}, function($a, $x) {{ $string($a) > $string($x) }})"),
            4 => format!("$each({items}, function($x, $k) {{ $k & $string({body}) }})"),
            _ => format!("{items} ~> $map(function($x) {{ {body} }}) ~> $count"),
        }
    }

    fn integer(&mut self) -> String {
        self.pick(&["-3", "-1", "0", "1", "2", "5", "2.5"])
    }

    fn pattern(&mut self) -> String {
        match self.below(2) {
            0 => self.text(),
            _ => self.regex(),
        }
    }

    fn regex(&mut self) -> String {
        self.pick(&[
            "/a/",
            "/[a-z]+/",
            "/(p+)(l)?/i",
            "/\\s*,\\s*/",
            "/\\d/",
            "/^./m",
            "/\\bo/",
            "/(?:q|x)(u|$)/",
        ])
    }

    fn pick(&mut self, choices: &[&str]) -> String {
        choices[self.below(choices.len())].to_owned()
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % end
    }
}
