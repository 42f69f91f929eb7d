// Writes API documentation with a model that another project shared as a package: dotnet run --project samples/SharedModel/App
using CheckpointBuild.Runtime;

string prompt = args.Length > 0 ? string.Join(' ', args) : "method File.ReadAllText(path)";
using TextGenerator generator = TextGenerator.Open(Path.Combine(AppContext.BaseDirectory, "models", "Contoso.Models.Writer"));
Console.WriteLine(prompt);
foreach (string piece in generator.Generate(prompt + "\n", new GenerationOptions { MaxTokens = 256, Temperature = 0 }))
{
    Console.Write(piece);
}
