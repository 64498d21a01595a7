var e=class extends Error{constructor(r,n){super(r,n),this.name="StoreProblem"}};export{e as a};
