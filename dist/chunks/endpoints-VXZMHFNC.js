import{b as a,c as b,d as c,e as d}from"./chunk-FDEEX454.js";import"./chunk-SQE76S5B.js";export{a as actionEndpoints,b as appEndpoints,c as endpointsOf,d as isWithin};
