import{e as a,f as b}from"./chunk-MGS5QQOA.js";import"./chunk-E4QNDIG6.js";export{a as parsePolicy,b as problemLines};
