using CheckpointBuild.Runtime;

// Four engines, built from four forms of one model while this project was built: all of them write the same text.
string models = Path.Combine(AppContext.BaseDirectory, "models");
foreach (string engine in Directory.GetFiles(models, "*.gguf", SearchOption.AllDirectories).Order())
{
    using TextGenerator generator = TextGenerator.Open(engine);
    string text = string.Concat(generator.Generate("plug-in", new GenerationOptions { MaxTokens = 16 }));
    Console.WriteLine($"{Path.GetFileNameWithoutExtension(engine)}: {Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text))}");
}
