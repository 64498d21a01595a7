#!/usr/bin/env node
var e=process.getBuiltinModule("node:module");e.enableCompileCache?.();var{main:o}=await import("./chunks/main.js");process.exitCode=await o(process);
