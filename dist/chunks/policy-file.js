import{e as a,f as b}from"./chunk-RWWVWMF4.js";import"./chunk-PAHNJXNL.js";export{a as parsePolicy,b as problemLines};
