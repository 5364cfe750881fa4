/** Where an answer is shown that is not printed beside a guess: the question's cell, and the cells that answer it, by notebook. */
export const where = {
  "03-twin": { "text-07": ["code-10"] },
  "04-routing": { "text-09": ["code-13b"] },
  "05-parameters": { "text-19": ["widths-table"] },
  "06-imbalance": { "capacity-text": ["capacity"] },
  "08-inference": { "text-24": ["code-28"] },
};
