function i(n){return`shiplock/release/${n}`}export{i as a};
