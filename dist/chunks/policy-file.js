import{e as a,f as b}from"./chunk-XYCMERAI.js";import"./chunk-4GMHTNWO.js";export{a as parsePolicy,b as problemLines};
