import{a,b,c}from"./chunk-ODAUFZOV.js";import"./chunk-FRWYGNDM.js";export{a as SCHEMA_URL,b as policyText,c as yamlPage};
