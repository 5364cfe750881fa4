import { readFileSync } from "node:fs";
import { useThreads, Generator, applyLora } from "twinformer";
import { pretrained } from "twinformer/models";
import { domainCorpus, domainCorpora, Corpus } from "twinformer/data";
import { evaluate, train } from "twinformer/train";
import { expertUse, relevantExperts, adaptExperts } from "twinformer/notebook";
useThreads(1);
const { model, tokenizer } = await pretrained("moe");
const names=["english","spanish","code","arithmetic"];
const texts=names.map(name=>({name,text:readFileSync(`/work/wt/learn/assets/domains/${name}.txt`,"utf8").slice(0,60000)}));
const cs=domainCorpora(domainCorpus(texts,tokenizer,{blockSize:128}));
const ts=new Corpus(readFileSync("/work/wt/learn/assets/texts/typescript.txt","utf8"),{tokenizer,name:"TypeScript"});
const old=m=>cs.map(c=>evaluate(m,c,{blocks:4}));
const base=evaluate(model,ts,{blocks:12}), ob=old(model);
console.log("base",base.toFixed(3),ob.map(x=>x.toFixed(3)).join(" "));
const use=expertUse(model,ts,{blocks:16});
const rel=relevantExperts(use,0.5);
console.log("relevant",JSON.stringify(rel), [0,1,2,3].map(l=>use.filter(u=>u.layer===l).map(u=>u.weight.toFixed(2)).join(" ")).join(" | "));
const all=rel.map(()=>[0,1,2,3,4,5,6,7]);
const rng=()=>new Generator(1);
const ways={
 "all": [m=>m.trainableParameters(),[1e-3,3e-3]],
 "lora att": [m=>{applyLora(m,["query","value"],{rng:rng(),rank:4});return m.trainableParameters()},[1e-2,3e-2]],
 "lora experts": [m=>adaptExperts(m,all,{rank:4,rng:rng()}),[1e-2,3e-2]],
 "lora rel": [m=>adaptExperts(m,rel,{rank:4,rng:rng()}),[1e-2,3e-2]],
 "esft": [m=>adaptExperts(m,rel,{rank:null,rng:rng()}),[1e-3,3e-3]],
};
for(const [n,[f,lrs]] of Object.entries(ways)) for(const lr of lrs){
  const {model:m}=await pretrained("moe"); const k=f(m); const t=process.cpuUsage().user;
  for await (const r of train(m,ts,{steps:40,batchSize:2,lr,seed:1,evalBlocks:12,weightDecay:0}));
  const v=evaluate(m,ts,{blocks:12}), o=old(m);
  console.log(n,lr,k,"loss",v.toFixed(3),"old +",o.map((x,i)=>(x-ob[i]).toFixed(3)).join(" "),"cpu",((process.cpuUsage().user-t)/1e6).toFixed(1));
}
