var{parseArgs:o}=process.getBuiltinModule("node:util"),n=class extends Error{name="UsageProblem"};export{n as a};
