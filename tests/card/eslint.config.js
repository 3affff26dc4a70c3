import js from "@eslint/js";
import noUnsanitized from "eslint-plugin-no-unsanitized";
import globals from "globals";

export default [
	js.configs.recommended,
	noUnsanitized.configs.recommended,
	{
		languageOptions: { globals: globals.browser },
		rules: {
			curly: ["error", "multi-line"],
			eqeqeq: "error",
			"no-console": "error",
			"no-shadow": "error",
			"no-var": "error",
			"object-shorthand": "error",
			"prefer-const": "error",
			"prefer-template": "error",
		},
	},
	{ files: ["**/tests/card/**"], languageOptions: { globals: globals.node } },
];
