import{a,b,c}from"./chunk-HHBF2OYC.js";import"./chunk-PAHNJXNL.js";export{a as SCHEMA_URL,b as policyText,c as yamlPage};
