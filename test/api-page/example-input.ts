/** The custom input that ICA's page shows, in the three forms in which it shows it. */

/** The string as it is sent. */
export const EXAMPLE_JSON =
  '{"maxagesum":null,"ttt":["test"],"txts":["dummy.txt"],"notallowedcondition":null,"notallowedrole":null,"group":[{"role":"c","conditions":["1cancer","covid1"],"age":111,"info":["test.csv"]},{"role":"f","conditions":["cancer22","covewd2"],"age":null,"info":["test.csv"]}]}';

/** "The unescaped JSON is provided for legibility": it leaves out what is null but for the first. */
export const EXAMPLE_VALUES = {
  maxagesum: null,
  ttt: ["test"],
  txts: ["dummy.txt"],
  group: [
    { role: "c", conditions: ["1cancer", "covid1"], age: 111, info: ["test.csv"] },
    { role: "f", conditions: ["cancer22", "covewd2"], info: ["test.csv"] },
  ],
};

export const EXAMPLE_YAML = `maxagesum: null
ttt:
  - test
txts:
  - dummy.txt
notallowedcondition: null
notallowedrole: null
group:
  - role: c
    conditions:
      - 1cancer
      - covid1
    age: 111
    info:
      - test.csv
  - role: f
    conditions:
      - cancer22
      - covewd2
    age: null
    info:
      - test.csv
`;

/** What the page's main.nf reads: `file(params.txts[0])` fails without `txts`, the rest is printed. */
export const EXAMPLE_PARAMETERS = [
  { code: "txts", type: "DATA", required: true, multiValue: true },
  { code: "ttt", type: "STRING", required: true, multiValue: true },
  { code: "maxagesum", type: "INTEGER" },
  { code: "notallowedcondition", type: "STRING" },
  { code: "group", type: "STRING", required: true, multiValue: true },
];
