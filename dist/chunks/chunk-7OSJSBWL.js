function l(n){return`shiplock/release/${n}`}export{l as a};
