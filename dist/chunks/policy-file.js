import{e as a,f as b}from"./chunk-GGKKVY4K.js";import"./chunk-ON4FGX2P.js";export{a as parsePolicy,b as problemLines};
