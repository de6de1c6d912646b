//! What new projects are made of, for each language.

use crate::args::LanguageName;

/// A file's path and content.
pub(super) type Files = &'static [(&'static str, &'static str)];

/// The parts of a project that its language decides. In all files `__NAME__`
/// stands for the project's name, `__MEMORY__` and `__TEST__` for what is here.
pub(super) struct Template {
    /// The function.
    pub(super) function: Files,
    /// What the function is written with, since it is in no package registry.
    pub(super) sdk: Files,
    /// How much memory the function may use.
    pub(super) memory: &'static str,
    /// The command that runs the function's own tests.
    pub(super) test: &'static str,
}

/// What every project has.
pub(super) const COMMON: Files = &[
    (".gitignore", include_str!("../../../template/gitignore")),
    ("README.md", include_str!("../../../template/README.md")),
    ("input.json", include_str!("../../../template/input.json")),
    (
        "sandstep.toml",
        include_str!("../../../template/sandstep.toml"),
    ),
    (
        "workflow.asl.yaml",
        include_str!("../../../template/workflow.asl.yaml"),
    ),
];

const RUST: Template = Template {
    function: &[
        (
            "functions/greet/Cargo.toml",
            include_str!("../../../template/rust/Cargo.toml.in"),
        ),
        (
            "functions/greet/src/lib.rs",
            include_str!("../../../template/rust/lib.rs"),
        ),
    ],
    sdk: include!(concat!(env!("OUT_DIR"), "/rust_sdk.rs")),
    memory: "16 MB",
    test: "cargo test",
};

const JAVASCRIPT: Template = Template {
    function: &[
        (
            "functions/greet/index.js",
            include_str!("../../../template/javascript/index.js"),
        ),
        (
            "functions/greet/index.test.js",
            include_str!("../../../template/javascript/index.test.js"),
        ),
        (
            "functions/greet/package.json",
            include_str!("../../../template/javascript/package.json"),
        ),
    ],
    sdk: JAVASCRIPT_SDK,
    memory: "64 MB",
    test: "npm test",
};

const TYPESCRIPT: Template = Template {
    function: &[
        (
            "functions/greet/index.ts",
            include_str!("../../../template/typescript/index.ts"),
        ),
        (
            "functions/greet/index.test.ts",
            include_str!("../../../template/typescript/index.test.ts"),
        ),
        (
            "functions/greet/package.json",
            include_str!("../../../template/typescript/package.json"),
        ),
        (
            "functions/greet/tsconfig.json",
            include_str!("../../../template/typescript/tsconfig.json"),
        ),
    ],
    sdk: JAVASCRIPT_SDK,
    memory: "64 MB",
    test: "npm install && npm test",
};

const JAVASCRIPT_SDK: Files = include!(concat!(env!("OUT_DIR"), "/javascript_sdk.rs"));

impl Template {
    pub(super) fn of(language: LanguageName) -> &'static Self {
        match language {
            LanguageName::Rust => &RUST,
            LanguageName::Js => &JAVASCRIPT,
            LanguageName::Ts => &TYPESCRIPT,
        }
    }

    /// A file of this template with its placeholders filled.
    pub(super) fn fill(&self, content: &str, name: &str) -> String {
        content
            .replace("__NAME__", name)
            .replace("__MEMORY__", self.memory)
            .replace("__TEST__", self.test)
    }
}
