import{a,b,c}from"./chunk-2VVEBPVI.js";import"./chunk-4GMHTNWO.js";export{a as SCHEMA_URL,b as policyText,c as yamlPage};
