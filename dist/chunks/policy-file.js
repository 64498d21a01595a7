import{e as a,f as b}from"./chunk-KIM4TKOI.js";import"./chunk-FRWYGNDM.js";export{a as parsePolicy,b as problemLines};
