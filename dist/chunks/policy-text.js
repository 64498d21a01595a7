import{a,b,c}from"./chunk-AKHCPTV5.js";import"./chunk-E4QNDIG6.js";export{a as SCHEMA_URL,b as policyText,c as yamlPage};
