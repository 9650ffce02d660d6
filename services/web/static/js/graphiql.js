// The explorer of the API, in development. The first query is what a newcomer would like to see.
const firstQuery = `{
  tenant { name slogan level parent { slug name } }
  events(first: 5) { totalCount nodes { title startsAt status sessions { title } } }
  memberCount { count asOf unit }
}
`;

async function ask(parameters) {
  const answer = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(parameters),
  });
  return answer.json();
}

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher: ask, defaultQuery: firstQuery }),
);
