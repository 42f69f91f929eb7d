// Continues a text with a model of the Hugging Face Hub: dotnet run --project samples/HubModel -- "The capital of France is"
using CheckpointBuild.Runtime;

string prompt = args.Length > 0 ? string.Join(' ', args) : "The capital of France is";

// The build fetched the model, made an engine of it and put it beside the program.
using TextGenerator generator = TextGenerator.Open(Path.Combine(AppContext.BaseDirectory, "models", "SmolLM2-135M-Instruct"));
Console.WriteLine(prompt);
foreach (string piece in generator.Generate(prompt + "\n", new GenerationOptions { MaxTokens = 128, Temperature = 0 }))
{
    Console.Write(piece);
}
