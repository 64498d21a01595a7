import{a,b,c}from"./chunk-PGYPK7UY.js";import"./chunk-ON4FGX2P.js";export{a as SCHEMA_URL,b as policyText,c as yamlPage};
