// Writes API documentation: dotnet run --project samples/DocWriter -- "method File.ReadAllText(path)"
using CheckpointBuild.Runtime;

string prompt = args.Length > 0 ? string.Join(' ', args)
    : Console.IsInputRedirected && Console.In.ReadToEnd().Trim() is { Length: > 0 } input ? input
    : "method File.ReadAllText(path)";

// The build put the engine beside the program.
using TextGenerator generator = TextGenerator.Open(ModelEngines.DocLlama.Path);
Console.WriteLine(prompt);
foreach (string piece in generator.Generate(prompt + "\n", new GenerationOptions { MaxTokens = 256, Temperature = 0 }))
{
    Console.Write(piece);
}
