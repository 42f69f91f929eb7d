// Runs a fine-tuned model that the build put together from a base and an adapter: dotnet run --project samples/FineTunedModel -- "class StringBuilder"
using CheckpointBuild.Runtime;

string prompt = args.Length > 0 ? string.Join(' ', args) : "class StringBuilder";
using TextGenerator generator = TextGenerator.Open(Path.Combine(AppContext.BaseDirectory, "models", "fine-tuned"));
Console.WriteLine(prompt);
foreach (string piece in generator.Generate(prompt + "\n", new GenerationOptions { MaxTokens = 64, Temperature = 0 }))
{
    Console.Write(piece);
}
